"""The two clients behind one face: an operation by its API name, parameters in and answer out."""
import base64
import contextlib
import io
import json
import os
import re

# What IAM and the signatures call a service, and what the clients do.
NAMES = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "elasticfilesystem": "efs"}


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class Unknown(Exception):
    """The client is older than the operation."""


# Protocols that the server knows for a few services only.
SPOKEN = {"rest-json": {"lambda"}, "rest-xml": {"s3"}}


def spoken(service, protocol):
    return protocol not in SPOKEN or service in SPOKEN[protocol]


def protocol_of(model):
    return getattr(model, "resolved_protocol", None) or model.metadata["protocol"]


class Boto:
    def __init__(self, endpoint):
        import boto3
        import botocore.config
        import botocore.exceptions
        self.version = f"boto3 {boto3.__version__}"
        self._error = botocore.exceptions.ClientError
        self._session = boto3.Session()
        self.endpoint = endpoint
        self._config = botocore.config.Config(s3={"addressing_style": "path"})
        self._clients = {}

    def client(self, service):
        name = NAMES.get(service, service)
        if name not in self._clients:
            self._clients[name] = self._session.client(name, endpoint_url=self.endpoint,
                                                       config=self._config)
        return self._clients[name]

    def speaks_with(self, service):
        return service == "aws" or spoken(
            service, protocol_of(self.client(service).meta.service_model))

    def call(self, service, operation, parameters):
        client = self.client(service)
        methods = {api: method for method, api in client.meta.method_to_api_mapping.items()}
        if operation not in methods:
            raise Unknown
        try:
            answer = getattr(client, methods[operation])(**parameters)
        except self._error as error:
            raise Refused(error.response["Error"]["Code"], error.response["Error"]["Message"])
        for name in ("Body", "Payload"):
            if hasattr(answer.get(name), "read"):
                answer[name] = answer[name].read()
        answer.pop("ResponseMetadata")
        return answer

    def wait(self, service, state, parameters):
        self.client(service).get_waiter(state).wait(**parameters)
        return {}


class Cli:
    def __init__(self, endpoint, folder):
        import awscli
        import awscli.clidriver
        try:
            from awscli.botocore import xform_name
        except ImportError:
            from botocore import xform_name
        self.version = f"aws-cli {awscli.__version__}"
        self._xform = xform_name
        self._driver = awscli.clidriver.create_clidriver()
        self.endpoint = endpoint
        self._where = ["--endpoint-url", endpoint] if endpoint else []
        self._folder = folder
        self._models = {}

    def command(self, words):
        """The standard output of one command. In a child process: commands leave handlers behind
        in their session, and a new session reads all of its models anew."""
        into, out = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(into)
            with os.fdopen(out, "w") as pipe:
                json.dump(self._run([*words, *self._where]), pipe)
            os._exit(0)
        os.close(out)
        with os.fdopen(into) as pipe:
            status, printed, problems = json.load(pipe)
        os.waitpid(child, 0)
        if not status:
            return printed
        problems = problems.strip()
        refused = re.search(r"An error occurred \((\S+)\) when calling the \S+ operation"
                            r"[^:]*:\s?(.*)", problems, re.S)
        if refused:
            raise Refused(refused[1], refused[2])
        if "Invalid choice" in problems or "Found invalid choice" in problems:
            raise Unknown
        raise RuntimeError(f"status {status}: {problems[-500:]} {printed[-500:]}")

    def _run(self, words):
        out, problems = io.StringIO(), io.StringIO()
        out.buffer = io.BytesIO()  # some commands write bytes
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(problems):
            try:
                status = self._driver.main(words)
            except SystemExit as leaving:
                status = leaving.code
        return status, out.getvalue() + out.buffer.getvalue().decode(), problems.getvalue()

    def speaks_with(self, service):
        return service == "aws" or spoken(service, protocol_of(self._service(service)))

    def call(self, service, operation, parameters):
        words = self._words(service, operation)
        model = self._model(service, operation)
        parameters = dict(parameters)
        target = None
        if model is None:
            raise Unknown
        streamed = model.get_streaming_input()
        if (service, operation) == ("lambda", "Invoke"):
            words += ["--payload", "fileb://" + self._file(parameters.pop("Payload", b"{}"))]
        elif streamed is not None:
            name = model.input_shape.serialization["payload"]
            words += ["--" + self._xform(name, "-"), self._file(parameters.pop(name, b""))]
        zipped = parameters.pop("ZipFile", None) or parameters.get("Code", {}).get("ZipFile")
        if zipped is not None:
            parameters["Code"] = {k: v for k, v in parameters.get("Code", {}).items()
                                  if k != "ZipFile"}
            if not parameters["Code"]:
                del parameters["Code"]
            words += ["--zip-file", "fileb://" + self._file(zipped)]
        if model.has_streaming_output:
            target = os.path.join(self._folder, "answer")
            words.append(target)
            for name in list(parameters):  # beside a file name they must be options
                words += ["--" + self._xform(name, "-"), str(parameters.pop(name))]
        if parameters:
            words += ["--cli-input-json", json.dumps(parameters, default=self._plain)]
        text = self.command([*words, "--output", "json"])
        answer = json.loads(text) if text.strip() else {}
        if target is not None:
            with open(target, "rb") as file:
                answer["Body"] = answer["Payload"] = file.read()
        return answer

    def wait(self, service, state, parameters):
        words = [self._name(service), "wait", state.replace("_", "-")]
        for name, value in parameters.items():
            words.append("--" + self._xform(name, "-"))
            words += [str(one) for one in value] if isinstance(value, list) else [str(value)]
        self.command(words)
        return {}

    def _plain(self, value):
        if isinstance(value, bytes):
            # Version 2 takes blobs in JSON as base64, version 1 as they are.
            version_2 = self.version.split()[1].startswith("2.")
            return base64.b64encode(value).decode() if version_2 else value.decode()
        return str(value)

    def _file(self, content):
        path = os.path.join(self._folder, "input")
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    @staticmethod
    def _name(service):
        return "s3api" if service == "s3" else NAMES.get(service, service)

    def _words(self, service, operation):
        words = [self._name(service), self._xform(operation, "-")]
        if service == "sqs" and self.endpoint is None:
            # Version 1 asks SQS at its oldest name, whatever the environment says.
            words += ["--endpoint-url", os.environ["AWS_ENDPOINT_URL"]]
        return words

    def _service(self, service):
        name = NAMES.get(service, service)
        if name not in self._models:
            self._models[name] = self._driver.session.get_service_model(name)
        return self._models[name]

    def _model(self, service, operation):
        model = self._service(service)
        return model.operation_model(operation) if operation in model.operation_names else None
