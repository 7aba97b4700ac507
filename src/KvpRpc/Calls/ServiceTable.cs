using System.Collections.Concurrent;
using KvpRpc.Access;
using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>The services that this side offers, by the names of their methods on the wire.</summary>
internal sealed class ServiceTable
{
    private readonly ConcurrentDictionary<string, ServiceMethod> _methods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _services = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">A service of that name is there, or the rule names a method that it
    /// has not.</exception>
    internal void Add<TContract>(ServiceInstances<TContract> instances, RpcAccess? access)
        where TContract : class
    {
        RpcContract<TContract> contract = RpcContracts.Get<TContract>();
        if (access is not null)
            CheckMethods(contract, access);
        if (!_services.TryAdd(contract.ServiceName, true))
            throw new InvalidOperationException($"A service named {contract.ServiceName} has been added already.");
        contract.Bind(new Binder<TContract>(this, instances, new ServiceAccess(contract.ServiceName, access)));
    }

    internal ServiceMethod? Find(string fullName) => _methods.GetValueOrDefault(fullName);

    /// <summary>Gets what a caller is told of a method that is not here.</summary>
    internal string DescribeMissing(string fullName)
    {
        int slash = fullName.LastIndexOf('/');
        if (slash <= 0)
            return $"'{fullName}' is not the name of a method: it should be service/method.";
        string service = fullName[..slash];
        return _services.ContainsKey(service)
            ? $"The service {service} has no method {fullName[(slash + 1)..]}."
            : $"The service {service} is not offered here.";
    }

    /// <summary>Refuses a rule that names a method which is not there: it would leave the one that was meant to the
    /// rule for all.</summary>
    private static void CheckMethods<TContract>(RpcContract<TContract> contract, RpcAccess access)
        where TContract : class
    {
        string[] named = [.. access.Methods];
        if (named.Length == 0)
            return;
        MethodNames<TContract> names = new();
        contract.Bind(names);
        if (Array.Find(named, name => !names.All.Exists(wireName => MethodAccess.IsName(name, wireName))) is { } wrong)
        {
            throw new InvalidOperationException(
                $"The access to {contract.ServiceName} names the method {wrong}, which the service has not: its "
                + $"methods are {string.Join(", ", names.All)}.");
        }
    }

    private sealed class Binder<TContract>(
        ServiceTable table, ServiceInstances<TContract> instances, ServiceAccess access) : RpcServiceBinder<TContract>
        where TContract : class
    {
        public override void AddUnary<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler)
        {
            ArgumentNullException.ThrowIfNull(method);
            ArgumentNullException.ThrowIfNull(handler);
            Add(new UnaryServiceMethod<TContract, TRequest, TResponse>(method, handler, instances) { Access = access });
        }

        public override void AddServerStream<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            Func<TContract, TRequest, CancellationToken, IAsyncEnumerable<TItem>> handler)
        {
            ArgumentNullException.ThrowIfNull(handler);
            AddDuplex(method, (service, request, _, token) => handler(service, request, token));
        }

        public override void AddClientStream<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler)
        {
            ArgumentNullException.ThrowIfNull(method);
            ArgumentNullException.ThrowIfNull(handler);
            Add(new ClientStreamServiceMethod<TContract, TRequest, TResponse>(method, handler, instances)
            {
                Access = access,
            });
        }

        public override void AddDuplex<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            Func<TContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler)
        {
            ArgumentNullException.ThrowIfNull(method);
            ArgumentNullException.ThrowIfNull(handler);
            Add(new ItemsServiceMethod<TContract, TRequest, TItem>(method, handler, instances) { Access = access });
        }

        private void Add(ServiceMethod method)
        {
            string name = method.Definition.FullName;
            if (!table._methods.TryAdd(name, method))
                throw new InvalidOperationException($"A method named {name} has been added already.");
        }
    }
}
