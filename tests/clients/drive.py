#!/usr/bin/env python3
"""Drives every operation of `falsework local` once with a client that we did not write.

    drive.py [--environment] FALSEWORK CLIENT [PART...]     CLIENT: awscli or boto3

With --environment the client finds the server by AWS_ENDPOINT_URL, which old ones do not read.
One line a case, a count at the end. Fails when a case fails, and when an operation has no case. The
aws CLI runs inside this interpreter: starting it anew for each call would take minutes.
"""
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import clients  # noqa: E402

SPEED = 50
PARTS = ["network", "instances", "groups", "containers", "functions", "identity", "objects",
         "records", "stacks"]


class Missing:
    """What a case that failed has answered: every member of it is missing too."""

    def __getitem__(self, _):
        return self

    def get(self, _, default=None):
        return default

    def __iter__(self):
        return iter(())

    def __str__(self):
        return "missing"


class Count:
    def __init__(self):
        self.passed, self.unknown, self.unspoken = 0, 0, 0
        self.failed, self.called = [], set()

    def add(self, name, seconds, problem):
        if problem is None:
            self.passed += 1
        else:
            self.failed.append(name)
        print(f"{'ok    ' if problem is None else 'FAILED'} {name} {seconds:.2f} s"
              f"{'' if problem is None else ': ' + problem}", flush=True)

    def leave_out(self, name, why):
        self.unspoken += 1
        print(f"skipped {name}: {why}", flush=True)
        return Missing()


class Service:
    """`trial.ec2.CreateVpc(CidrBlock=...)` is one case; `trial.ec2.wait("vpc_available")` another.
    `trial.ec2.refused("InvalidVpcID.NotFound")` expects the next case to be refused with that."""

    def __init__(self, trial, name, code=None):
        self._trial, self._name, self._code = trial, name, code

    def refused(self, code):
        return Service(self._trial, self._name, code)

    def wait(self, state, **parameters):
        return self._trial.case(f"{self._name} wait {state}", None, self._code,
                                lambda: self._trial.client.wait(self._name, state, parameters))

    def __getattr__(self, operation):
        if operation.startswith("_"):
            raise AttributeError(operation)
        return lambda **parameters: self._trial.case(
            f"{self._name}:{operation}", f"{self._name}:{operation}", self._code,
            lambda: self._trial.client.call(self._name, operation, parameters))


class Trial:
    def __init__(self, client, folder, listed):
        self.client, self.folder, self.count = client, folder, Count()
        self._listed = listed

    def __getattr__(self, service):
        return Service(self, service.replace("_", "-"))

    def case(self, name, operation, code, run):
        if not self.client.speaks_with(name.split(":")[0].split(" ")[0]):
            return self.count.leave_out(
                name, "the server does not speak this client's protocol for it")
        begin, problem, answer = time.time(), None, Missing()
        if code is not None:
            name += " refused with " + code
        try:
            answer = run()
            if code is not None:
                problem = "it was not refused"
        except clients.Unknown:
            # Newer than the client: nothing was sent.
            self.count.unknown += 1
            self.count.called.add(operation)
            print(f"skipped {name}: this client does not know it", flush=True)
            return answer
        except clients.Refused as refusal:
            if refusal.code != code:
                problem = str(refusal)
        except Exception as error:  # any surprise is a failed case, and the next one runs
            problem = f"{type(error).__name__}: {error}"
        if operation is not None:
            self.count.called.add(operation)
        self.count.add(name, time.time() - begin, problem)
        return answer

    def operations(self, service):
        """What the server says it has."""
        return [name.split(":")[1] for name in self._listed if name.startswith(service + ":")]

    def check(self, name, truth, found=""):
        self.count.add(name, 0, None if truth else f"not so: {found}")

    def command(self, *words):
        """A command of the aws CLI beyond single operations. Nothing with boto3."""
        if isinstance(self.client, clients.Cli):
            return self.case("aws " + " ".join(words[:2]), None, None,
                             lambda: self.client.command([str(word) for word in words]))
        return Missing()


def started(program):
    server = subprocess.Popen(
        [program, "local", "--port", "0", "--speed", str(SPEED), "--json", "--quiet"],
        stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline()
    if not line:
        sys.exit(f"{program} local did not start")
    ready = json.loads(line)
    os.environ.update(ready["environment"])
    os.environ.update(AWS_PAGER="", AWS_EC2_METADATA_DISABLED="true", AWS_MAX_ATTEMPTS="5",
                      AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    return server, ready["ready"]


def operations_of(program):
    return subprocess.run([program, "local", "--operations"], check=True, capture_output=True,
                          text=True).stdout.split()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and the server with us
    words = [word for word in sys.argv[1:] if word != "--environment"]
    if len(words) < 2 or words[1] not in ("awscli", "boto3"):
        sys.exit(__doc__)
    program, kind, parts = words[0], words[1], words[2:] or PARTS
    listed = operations_of(program)
    begin = time.time()
    server, endpoint = started(program)
    if "--environment" in sys.argv:
        endpoint = None
    # Clients wait for AWS as it is; this one is faster.
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(min(seconds, max(0.2, seconds / SPEED)))
    try:
        with tempfile.TemporaryDirectory() as folder:
            client = clients.Cli(endpoint, folder) if kind == "awscli" else clients.Boto(endpoint)
            trial = Trial(client, folder, listed)
            for part in parts:
                try:
                    importlib.import_module(part).run(trial)
                except Exception as error:  # the other parts run all the same
                    count = trial.count
                    count.add(f"all of {part}", 0, f"{type(error).__name__}: {error}")
    finally:
        server.terminate()
        status = server.wait(timeout=30)
    count = trial.count
    count.add("the server ends cleanly", 0, None if status == 0 else f"status {status}")
    left = [name for name in listed if name not in count.called] if parts == PARTS else []
    for name in left:
        if client.speaks_with(name.split(":")[0]):
            print(f"FAILED {name}: no case calls it")
    left = [name for name in left if client.speaks_with(name.split(":")[0])]
    print(f"{client.version}: {count.passed} passed, {len(count.failed) + len(left)} failed, "
          f"{count.unknown} unknown to this client, {count.unspoken} left out, "
          f"in {time.time() - begin:.0f} s")
    sys.exit(1 if count.failed or left else 0)


if __name__ == "__main__":
    main()
