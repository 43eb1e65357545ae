"""The public site under a draft or on another day, for staff and whom they give a link."""
