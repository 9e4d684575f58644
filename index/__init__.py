"""Chunks become searchable: embedding, FAISS, BM25, glossary, fusion, immutable generations on disk."""
