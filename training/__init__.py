"""Training of the learned parts; the only place that imports torch. ``docscan`` sees its ONNX files alone."""
