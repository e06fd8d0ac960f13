"""The workflow around the library: settings, jobs, fingerprints, provenance."""
