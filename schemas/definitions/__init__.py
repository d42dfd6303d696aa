"""What people configure, in the shapes that the API, `apply` files and exports share.

Validated here once, at the door. Secrets are plain text in these values, sealed in the topic, masked in answers.
"""

from schemas.definitions.accounts import Account, CustomAction, Key
from schemas.definitions.incoming import IncomingWebhook
from schemas.definitions.sites import Site
from schemas.definitions.subscriptions import Subscription

__all__ = ["Account", "CustomAction", "IncomingWebhook", "Key", "Site", "Subscription"]
