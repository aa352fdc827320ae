(function () {
  var keys = document.querySelector('.keys');
  if (keys) keys.hidden = false;
  var radios = document.querySelectorAll('.filter input');
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var n = '0123456789'.indexOf(event.key);
    if (event.key.length === 1 && n >= 0 && radios[n]) { radios[n].checked = true; radios[n].focus(); return; }
    if (event.key !== 'j' && event.key !== 'k') return;
    var marks = Array.prototype.filter.call(document.querySelectorAll('mark'), function (m) { return m.offsetParent !== null; });
    var at = marks.indexOf(document.activeElement);
    var next = marks[event.key === 'j' ? Math.min(at + 1, marks.length - 1) : Math.max(at - 1, 0)];
    if (next) { next.tabIndex = -1; next.focus(); next.scrollIntoView({ block: 'center' }); }
  });
})();
