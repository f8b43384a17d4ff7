from orders.main import create_app
from orders.settings import Settings

app = create_app(Settings.from_env())
