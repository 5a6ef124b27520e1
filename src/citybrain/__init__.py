"""CityBrain 城市云脑: the platform on which a city runs its data and intelligence."""

__version__ = "0.1.0"
