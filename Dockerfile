# JupyterLab on the workbook, for docker-compose.yml, which brings the brokers. Hence no RabbitMQ in here; and no
# bubblewrap, since a container may not make the namespaces that it needs: grade other people's work on the machine.
FROM python:3.12.11-slim-bookworm

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore PYTHONUNBUFFERED=1

# The workbook is mounted from the machine; files keep their owner when the two have the same number.
ARG UID=1000
RUN useradd --create-home --uid "$UID" learner
WORKDIR /home/learner/food-court

# Before the rest: a change of a notebook must not install everything anew.
COPY requirements.lock ./
RUN pip install --no-deps -r requirements.lock

COPY --chown=learner . .
RUN pip install --no-deps --no-build-isolation --editable .

USER learner
EXPOSE 8888
# All addresses of the container; docker-compose.yml publishes the port on 127.0.0.1 only.
CMD ["foodcourt", "lab", "--no-browser", "--ip=0.0.0.0", "--port=8888", "--ServerApp.port_retries=0"]
