"""What readers write under a medicine's page: held for a moderator, and never evidence for anything.

Nothing here is read by any other stage; :func:`usedfor.web.comments.join.join` adds it to the site.
"""
