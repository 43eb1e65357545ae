from yibao.filings import views

app_name = "filings"
urlpatterns = views.wizard.urls()
