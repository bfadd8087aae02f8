class Service:
    instances = []

    def __init__(self, n):
        self.name = "service %d" % n


def leak(n):
    Service.instances.append(Service(n))


def healthy(n):
    service = Service(n)
    Service.instances.append(service)
    Service.instances.remove(service)
