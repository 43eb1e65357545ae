from yibao.claims.record_views import record_urls

app_name = "claims"
urlpatterns = [*record_urls()]
