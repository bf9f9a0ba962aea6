"""The oracle: the contract computed from landed files in plain Python, slowly, with no SQL of the
product.

`landing.read_landing` reads a landing folder, `publish.publish` computes every published table. A
module serves one chapter of the rules, so that whoever knows a rule can check it here by reading.
"""
