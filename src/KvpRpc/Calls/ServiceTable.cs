using System.Collections.Concurrent;
using KvpRpc.Generated;

namespace KvpRpc.Calls;

/// <summary>The services that this side offers, by the names of their methods on the wire.</summary>
internal sealed class ServiceTable
{
    private readonly ConcurrentDictionary<string, ServiceMethod> _methods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _services = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">A service of that name is there.</exception>
    internal void Add<TContract>(ServiceInstances<TContract> instances)
        where TContract : class
    {
        RpcContract<TContract> contract = RpcContracts.Get<TContract>();
        if (!_services.TryAdd(contract.ServiceName, true))
            throw new InvalidOperationException($"A service named {contract.ServiceName} has been added already.");
        contract.Bind(new Binder<TContract>(this, instances));
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

    private sealed class Binder<TContract>(ServiceTable table, ServiceInstances<TContract> instances)
        : RpcServiceBinder<TContract>
        where TContract : class
    {
        public override void AddUnary<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler)
        {
            ArgumentNullException.ThrowIfNull(method);
            ArgumentNullException.ThrowIfNull(handler);
            Add(method, new UnaryServiceMethod<TContract, TRequest, TResponse>(method, handler, instances));
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
            Add(method, new ClientStreamServiceMethod<TContract, TRequest, TResponse>(method, handler, instances));
        }

        public override void AddDuplex<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            Func<TContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler)
        {
            ArgumentNullException.ThrowIfNull(method);
            ArgumentNullException.ThrowIfNull(handler);
            Add(method, new ItemsServiceMethod<TContract, TRequest, TItem>(method, handler, instances));
        }

        private void Add(RpcMethod method, ServiceMethod serviceMethod)
        {
            if (!table._methods.TryAdd(method.FullName, serviceMethod))
                throw new InvalidOperationException($"A method named {method.FullName} has been added already.");
        }
    }
}
