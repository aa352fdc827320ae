"""The site and the JSON API: what people read in a browser, and the same as static files.

:func:`usedfor.web.app.create_app` makes the ASGI application, :func:`usedfor.web.export.export` the files.
A page is made by a function of :mod:`usedfor.web.views` from the snapshot alone, so both give the same bytes.
"""
