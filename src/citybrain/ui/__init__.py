"""The design system: base templates, components, lists, charts and maps. It knows no domain."""
