"""The runtime of python3.* functions on this machine.

Started as: python3 -s -B -u bootstrap.py FOLDER, where FOLDER holds boto3. It fetches events from
the Runtime API, calls the handler that _HANDLER names, and reports results and errors in the form
that Lambda's own runtime gives them.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

API = "/2018-06-01/runtime/"
TASK_ROOT = os.environ["LAMBDA_TASK_ROOT"]


class Fault(Exception):
    """An error of the function's package rather than of its code at work."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


class Api:
    """Our own Runtime API. A connection that was closed meanwhile is opened again."""

    def __init__(self, address):
        self.address = address
        self.connection = None

    def call(self, method, path, body=None, headers=None):
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection(self.address)
            try:
                self.connection.request(method, API + path, body, headers or {})
                answer = self.connection.getresponse()
                return answer, answer.read()
            except (ConnectionError, http.client.HTTPException):
                self.connection.close()
                self.connection = None
                if fresh or attempt == 2:
                    raise

    def next(self):
        answer, body = self.call("GET", "invocation/next")
        if answer.status != 200:
            raise RuntimeError("the Runtime API answered %d to /next" % answer.status)
        return answer.headers, body

    def report(self, path, error):
        headers = {
            "Content-Type": "application/vnd.aws.lambda.error+json",
            "Lambda-Runtime-Function-Error-Type": error["errorType"],
        }
        self.call("POST", path, encode(error), headers)


def encode(value):
    return json.dumps(value, ensure_ascii=False, default=number).encode("utf-8", "surrogatepass")


def number(value):
    import decimal

    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    kind = type(value).__name__
    raise TypeError("Object of type %s is not JSON serializable" % kind)


class Record:
    """An object of the attributes given; those that are missing are None."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class Context:
    def __init__(self, headers):
        environment = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environment["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environment["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])
        self.client_context = client_context(headers.get("Lambda-Runtime-Client-Context"))
        who = json.loads(headers.get("Lambda-Runtime-Cognito-Identity") or "{}")
        self.identity = Record(
            cognito_identity_id=who.get("cognitoIdentityId"),
            cognito_identity_pool_id=who.get("cognitoIdentityPoolId"),
        )
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        return "LambdaContext([aws_request_id=%s,function_name=%s])" % (
            self.aws_request_id,
            self.function_name,
        )


def client_context(text):
    if not text:
        return None
    given = json.loads(text)
    return Record(
        client=Record(**(given.get("client") or {})),
        custom=given.get("custom"),
        env=given.get("env"),
    )


class LogFormat(logging.Formatter):
    """[LEVEL] TAB time TAB request id TAB message: one line for each record."""

    converter = time.gmtime
    request_id = ""

    def format(self, record):
        record.aws_request_id = LogFormat.request_id
        return super().format(record)


def prepare_logging():
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        LogFormat(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )
    )
    logging.getLogger().addHandler(handler)


def shown(frames):
    """Stack frames as Lambda shows them: the function's files are in /var/task."""
    return [
        '  File "%s", line %d, in %s\n    %s\n'
        % (
            frame.filename.replace(TASK_ROOT + "/", "/var/task/"),
            frame.lineno,
            frame.name,
            frame.line,
        )
        for frame in frames
    ]


def frames_of(error):
    """Those of the function itself."""
    frames = traceback.extract_tb(error.__traceback__)
    own = os.path.abspath(__file__)
    return [
        frame
        for frame in frames
        if os.path.abspath(frame.filename) != own and "importlib" not in frame.filename
    ]


def load(handler):
    """The handler of "folder/module.name". Raises Fault for a package that has none."""
    module_name, dot, name = handler.rpartition(".")
    if not dot:
        raise Fault(
            "Runtime.MalformedHandlerName",
            "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % handler,
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = "Unable to import module '%s': %s" % (module_name, error)
        raise Fault("Runtime.ImportModuleError", message) from None
    except SyntaxError as error:
        message = "Syntax error in module '%s': %s" % (module_name, error)
        where = '  File "%s" Line %s\n    %s\n' % (
            str(error.filename).replace(TASK_ROOT, "/var/task"),
            error.lineno,
            (error.text or "").strip(),
        )
        raise Fault("Runtime.UserCodeSyntaxError", message, [where]) from None
    if not hasattr(module, name):
        message = "Handler '%s' missing on module '%s'" % (name, module_name)
        raise Fault("Runtime.HandlerNotFound", message)
    return getattr(module, name)


def error_of(error, request_id):
    """What the caller is told, and a developer in the log."""
    if isinstance(error, Fault):
        kind, trace = error.kind, error.trace
    else:
        kind, trace = type(error).__name__, shown(frames_of(error))
    lines = ["[ERROR] %s: %s" % (kind, error), "Traceback (most recent call last):"]
    print("\n".join(lines + [line.rstrip("\n") for line in trace]), flush=True)
    return {
        "errorMessage": str(error),
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": trace,
    }


def work(handler, headers, body):
    try:
        event = json.loads(body)
    except ValueError as error:
        message = "Unable to unmarshal input: %s" % error
        raise Fault("Runtime.UnmarshalError", message) from None
    result = handler(event, Context(headers))
    try:
        return encode(result)
    except (TypeError, ValueError) as error:
        message = "Unable to marshal response: %s" % error
        raise Fault("Runtime.MarshalError", message) from None


def serve(api, handler):
    while True:
        headers, body = api.next()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        LogFormat.request_id = request_id
        trace = headers.get("Lambda-Runtime-Trace-Id")
        if trace:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        path = "invocation/" + request_id
        try:
            result = work(handler, headers, body)
        except Exception as error:  # SystemExit ends the process, as on Lambda
            api.report(path + "/error", error_of(error, request_id))
            continue
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
        api.call("POST", path + "/response", result, {"Content-Type": "application/json"})


def main():
    sys.path[0] = TASK_ROOT
    if sys.argv[1] not in sys.path:
        sys.path.append(sys.argv[1])
    del sys.argv[1:]
    prepare_logging()
    api = Api(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        api.report("init/error", error_of(error, ""))
        sys.exit(1)
    serve(api, handler)


if __name__ == "__main__":
    main()
