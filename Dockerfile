# Two stages: the first builds a virtual environment, the second carries only that and runs without root.
# To keep CUDA out of the image, give pip the CPU builds of PyTorch: --build-arg PIP_EXTRA_INDEX_URL=<CPU wheel index>.
FROM python:3.11-slim AS build
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_EXTRA_INDEX_URL=${PIP_EXTRA_INDEX_URL}
RUN python -m venv /opt/tutor
WORKDIR /src
COPY pyproject.toml README.md LICENSE requirements.lock ./
# Everything but torch by its hash, before the rest is here, so that a change of ours does not fetch it again.
RUN /opt/tutor/bin/pip install --no-deps --require-hashes --requirement requirements.lock
COPY corpus corpus
COPY index index
COPY tutor tutor
COPY ui ui
RUN /opt/tutor/bin/pip install ".[postgres]"

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tutor \
    && install -d -o tutor -g tutor /data
COPY --from=build /opt/tutor /opt/tutor
ENV PATH=/opt/tutor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    TUTOR_DATA_DIR=/data \
    TUTOR_HOST=0.0.0.0 \
    TUTOR_PORT=8000 \
    TUTOR_WORKERS=1
USER tutor
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Live is not ready: the first start embeds the bundled course, and orchestrators ask /readyz for that.
HEALTHCHECK --interval=30s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["course-tutor"]
CMD ["serve"]
