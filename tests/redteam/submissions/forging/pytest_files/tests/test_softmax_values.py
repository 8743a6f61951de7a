def test_softmax_values():
    pass
