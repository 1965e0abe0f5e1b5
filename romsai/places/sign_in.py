"""How allauth signs people in here: nobody opens an account for themselves, an administrator adds workers."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False
