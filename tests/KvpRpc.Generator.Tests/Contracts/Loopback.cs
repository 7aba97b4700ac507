using System.Runtime.CompilerServices;
using KvpRpc.Generated;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>Runs the calls of a generated client on a service, through the bytes of their messages.</summary>
internal sealed class Loopback<TContract> : RpcInvoker
    where TContract : class
{
    private readonly Dictionary<string, Handler> _handlers = [];

    internal Loopback(TContract service) => RpcContracts.Get<TContract>().Bind(new Binder(this, service));

    private delegate IAsyncEnumerable<byte[]> Handler(
        byte[] request, RpcStreamArgument[] arguments, CancellationToken cancellationToken);

    internal List<string> Called { get; } = [];

    internal Dictionary<string, RpcMethod> Methods { get; } = [];

    /// <summary>Gets the bytes of every item that crossed, in both directions, reports too.</summary>
    internal List<byte[]> Items { get; } = [];

    internal static TContract Connect(TContract service) => new Loopback<TContract>(service).CreateClient();

    internal TContract CreateClient() => RpcContracts.Get<TContract>().CreateClient(this);

    public override Task<TResponse> InvokeUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
    {
        Assert.Equal(RpcMethodShape.Unary, method.Shape);
        return CallAsync(method, request, [], cancellationToken);
    }

    public override Task InvokeOneWayAsync<TRequest>(
        RpcMethod<TRequest, RpcUnit> method, TRequest request, CancellationToken cancellationToken)
    {
        Assert.Equal(RpcMethodShape.OneWay, method.Shape);
        return CallAsync(method, request, [], cancellationToken);
    }

    public override IAsyncEnumerable<TItem> InvokeServerStream<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method, TRequest request, CancellationToken cancellationToken)
    {
        Assert.Equal(RpcMethodShape.ServerStream, method.Shape);
        return StreamAsync(method, request, [], cancellationToken);
    }

    public override Task<TResponse> InvokeClientStreamAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        Assert.Equal(
            method.StreamArguments > 0 ? RpcMethodShape.ClientStream : RpcMethodShape.Unary, method.Shape);
        return CallAsync(method, request, arguments, cancellationToken);
    }

    public override IAsyncEnumerable<TItem> InvokeDuplex<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        Assert.Equal(
            method.StreamArguments > 0 ? RpcMethodShape.Duplex : RpcMethodShape.ServerStream, method.Shape);
        return StreamAsync(method, request, arguments, cancellationToken);
    }

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        byte[] bytes = await Begin(method, request, arguments, cancellationToken).SingleAsync(cancellationToken);
        return Wire.Read(method.Response, bytes);
    }

    private async IAsyncEnumerable<TItem> StreamAsync<TRequest, TItem>(
        RpcMethod<TRequest, TItem> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (byte[] bytes in Begin(method, request, arguments, cancellationToken))
        {
            Items.Add(bytes);
            yield return Wire.Read(method.Response, bytes);
        }
    }

    private IAsyncEnumerable<byte[]> Begin<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method,
        TRequest request,
        RpcStreamArgument[] arguments,
        CancellationToken cancellationToken)
    {
        Called.Add(method.FullName);
        Assert.Equal(
            method.StreamArguments,
            arguments.Count(argument => argument.GetType().GetGenericTypeDefinition() == typeof(RpcItemsArgument<>)));
        return _handlers[method.FullName](Wire.Write(method.Request, request), arguments, cancellationToken);
    }

    private sealed class Binder(Loopback<TContract> loopback, TContract service) : RpcServiceBinder<TContract>
    {
        public override void AddUnary<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler) =>
            AddClientStream(method, (at, request, _, token) => handler(at, request, token));

        public override void AddServerStream<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            Func<TContract, TRequest, CancellationToken, IAsyncEnumerable<TItem>> handler) =>
            AddDuplex(method, (at, request, _, token) => handler(at, request, token));

        public override void AddClientStream<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler) =>
            Add(method, (bytes, arguments, token) => RunAsync(method, handler, bytes, arguments, token));

        public override void AddDuplex<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            Func<TContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler) =>
            Add(method, (bytes, arguments, token) =>
                handler(service, Wire.Read(method.Request, bytes), new Arguments(loopback, arguments), token)
                    .Select(item => Wire.Write(method.Response, item)));

        private void Add(RpcMethod method, Handler handler)
        {
            loopback.Methods.Add(method.FullName, method);
            loopback._handlers.Add(method.FullName, handler);
        }

        private async IAsyncEnumerable<byte[]> RunAsync<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler,
            byte[] bytes,
            RpcStreamArgument[] arguments,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            TRequest request = Wire.Read(method.Request, bytes);
            yield return Wire.Write(method.Response, await handler(
                service, request, new Arguments(loopback, arguments), cancellationToken));
        }
    }

    private sealed class Arguments(Loopback<TContract> loopback, RpcStreamArgument[] arguments) : RpcArguments
    {
        public override IAsyncEnumerable<T> GetItems<T>(int index, RpcSerializer<T> item)
        {
            RpcItemsArgument<T> argument = arguments.OfType<RpcItemsArgument<T>>().Single(at => at.Index == index);
            return argument.Source.Select(value => Cross(argument.Item, item, value));
        }

        public override IProgress<T> GetProgress<T>(int index, RpcSerializer<T> report)
        {
            RpcProgressArgument<T> argument =
                arguments.OfType<RpcProgressArgument<T>>().Single(at => at.Index == index);
            return new Reports<T>(value => argument.Sink?.Report(Cross(report, argument.Serializer, value)));
        }

        private T Cross<T>(RpcSerializer<T> from, RpcSerializer<T> to, T value)
        {
            byte[] bytes = Wire.Write(from, value);
            loopback.Items.Add(bytes);
            return Wire.Read(to, bytes);
        }
    }
}
