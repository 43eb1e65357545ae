"""手工报销: claims, their adjudication, decisions, payments and objections."""
