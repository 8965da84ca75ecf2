"""WordPress over XML-RPC, for sites whose REST API is missing, blocked or takes no sign-in.

Source: WordPress Codex, "XML-RPC WordPress API" (Posts, Media, Comments, Taxonomies, Users, Options), the XML-RPC
specification, "Really Simple Discoverability 1.0", and running sites. Since version 3.5 (2012).
"""
