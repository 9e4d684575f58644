"""Course files become documents, sections and chunks with exact spans; knows nothing of vectors, questions or HTTP."""
