"""Payment gateways behind one port: `base` is the port, `sample` the simulated one of the demo."""
