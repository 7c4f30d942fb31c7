class DPShapeDisplay: pass
