"""yibao (医保): cross-region filing (异地就医备案) and reimbursement.

Read the packages from the bottom up:

rules                 the engine: pure Python, no Django, no clock, no float
core                  web kit without words of the field
audit                 append-only events
sources, regions      documents that figures cite; divisions and pooling regions
accounts              staff users and the regions they act for
policies              dated, cited provisions of each region
eligibility, estimates   the public pages
config                settings, URLs, WSGI
"""

__version__ = "0.1.0"
