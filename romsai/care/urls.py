"""Addresses of plans, referrals and what else is done for a child."""

app_name = "care"
urlpatterns = []
