"""nlops: an ops assistant for people who run WeChat bots; a bot that guards other bots and takes orders in chat."""

__version__ = "0.1.0"
