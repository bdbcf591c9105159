"""Telling users what happened: in the app, on their phones and by mail, each as they like."""
