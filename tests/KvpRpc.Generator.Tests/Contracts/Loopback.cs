using System.Buffers;
using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>Runs the calls of a generated client on a service, through the bytes of their messages.</summary>
internal sealed class Loopback<TContract> : RpcInvoker
    where TContract : class
{
    private readonly Dictionary<string, Func<byte[], CancellationToken, Task<byte[]>>> _handlers = [];

    internal Loopback(TContract service) => RpcContracts.Get<TContract>().Bind(new Binder(this, service));

    internal List<string> Called { get; } = [];

    internal Dictionary<string, RpcMethod> Methods { get; } = [];

    internal static TContract Connect(TContract service) =>
        RpcContracts.Get<TContract>().CreateClient(new Loopback<TContract>(service));

    public override async Task<TResponse> InvokeUnaryAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
    {
        Assert.Equal(RpcMethodShape.Unary, method.Shape);
        return Wire.Read(method.Response, await CallAsync(method, request, cancellationToken));
    }

    public override Task InvokeOneWayAsync<TRequest>(
        RpcMethod<TRequest, RpcUnit> method, TRequest request, CancellationToken cancellationToken)
    {
        Assert.Equal(RpcMethodShape.OneWay, method.Shape);
        return CallAsync(method, request, cancellationToken);
    }

    private Task<byte[]> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
    {
        Called.Add(method.FullName);
        return _handlers[method.FullName](Wire.Write(method.Request, request), cancellationToken);
    }

    private sealed class Binder(Loopback<TContract> loopback, TContract service) : RpcServiceBinder<TContract>
    {
        public override void AddUnary<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<TContract, TRequest, CancellationToken, ValueTask<TResponse>> handler)
        {
            loopback.Methods.Add(method.FullName, method);
            loopback._handlers.Add(method.FullName, async (bytes, cancellationToken) =>
            {
                TRequest request = Wire.Read(method.Request, bytes);
                return Wire.Write(method.Response, await handler(service, request, cancellationToken));
            });
        }
    }
}

/// <summary>Writes and reads values as bytes.</summary>
internal static class Wire
{
    internal static byte[] Write<T>(RpcSerializer<T> serializer, T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        serializer.Write(ref writer, value);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    internal static T Read<T>(RpcSerializer<T> serializer, ReadOnlyMemory<byte> bytes) =>
        Read(serializer, new ReadOnlySequence<byte>(bytes));

    internal static T Read<T>(RpcSerializer<T> serializer, ReadOnlySequence<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        T value = serializer.Read(ref reader);
        Assert.True(reader.End);
        Assert.Equal(0, reader.Depth);
        return value;
    }
}
