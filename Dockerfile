# One image for every service of compose.yaml; each names its own command.
FROM python:3.12-slim

COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /usr/local/bin/uv
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 UV_COMPILE_BYTECODE=1 VAR_DIR=/var/lib/portal
WORKDIR /app

# The dependencies first: they change less often than the code.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups

COPY . .
# Collecting needs the settings and none of what they name; the placeholders stay in this one step.
RUN ORIGIN=https://build.invalid SECRET_KEY=build DATABASE_URL=postgres://build.invalid/build \
    REDIS_URL=redis://build.invalid EMAIL_URL=smtp://build.invalid \
    python manage.py collectstatic --no-input \
    && mkdir /var/lib/portal/media && useradd --system portal && chown -R portal /var/lib/portal
USER portal
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]
