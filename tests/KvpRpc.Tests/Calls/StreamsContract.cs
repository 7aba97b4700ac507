using System.Runtime.CompilerServices;
using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Tests.Calls;

/// <summary>What the generator would write for <see cref="IStreams"/>, in short.</summary>
internal sealed class StreamsContract : RpcContract<IStreams>
{
    private static readonly RpcSerializer<int> Int =
        new((ref writer, in value) => writer.Write(value), (ref reader) => reader.ReadInt32());

    private static readonly RpcSerializer<long> Long =
        new((ref writer, in value) => writer.Write(value), (ref reader) => reader.ReadInt64());

    private static readonly RpcSerializer<string> Text = new(
        (ref writer, in value) =>
            writer.Write(value == "unwritable" ? throw new InvalidOperationException("Cannot be written.") : value),
        (ref reader) => reader.ReadString()!);

    private static readonly RpcSerializer<byte[]> Bytes = new(
        (ref writer, in value) => writer.Write(value),
        (ref reader) => System.Buffers.BuffersExtensions.ToArray(reader.ReadBytes()!.Value));

    private static readonly RpcMethod<ValueTuple<int>, int> Count =
        new("test.Streams", "Count", RpcMethodShape.ServerStream, false, Of(Int), Int);

    private static readonly RpcMethod<ValueTuple<string>, long> Sum =
        new("test.Streams", "Sum", RpcMethodShape.ClientStream, false, Of(Text), Long) { StreamArguments = 1 };

    private static readonly RpcMethod<RpcUnit, string> Chat =
        new("test.Streams", "Chat", RpcMethodShape.Duplex, false, RpcUnits.Request, Text) { StreamArguments = 1 };

    private static readonly RpcMethod<RpcUnit, string> Join =
        new("test.Streams", "Join", RpcMethodShape.ClientStream, false, RpcUnits.Request, Text)
        {
            StreamArguments = 2,
        };

    private static readonly RpcMethod<RpcUnit, string> Work =
        new("test.Streams", "Work", RpcMethodShape.Unary, false, RpcUnits.Request, Text);

    private static readonly RpcMethod<ValueTuple<int>, byte[]> Blobs =
        new("test.Streams", "Blobs", RpcMethodShape.ServerStream, false, Of(Int), Bytes);

    // The generator looks at type arguments where these are written: it does not know this contract.
    internal static void Add<TContract>(RpcPeer peer, TContract service)
        where TContract : class => peer.AddService(service);

    internal static TContract CreateClient<TContract>(RpcPeer peer, RpcClientOptions? options = null)
        where TContract : class => peer.CreateClient<TContract>(options);

    public override string ServiceName => "test.Streams";

    [ModuleInitializer]
    internal static void Register() => RpcContracts.Register<IStreams>(new StreamsContract());

    public override IStreams CreateClient(RpcInvoker invoker) => new Client(invoker);

    public override void Bind(RpcServiceBinder<IStreams> binder)
    {
        binder.AddServerStream(Count, (service, request, token) => service.CountAsync(request.Item1, token));
        binder.AddClientStream(Sum, (service, request, arguments, token) =>
            new ValueTask<long>(service.SumAsync(request.Item1, arguments.GetItems(0, Int), token)));
        binder.AddDuplex(Chat, (service, _, arguments, token) =>
            service.ChatAsync(arguments.GetItems(0, Text), token));
        binder.AddClientStream(Join, (service, _, arguments, token) => new ValueTask<string>(
            service.JoinAsync(arguments.GetItems(0, Bytes), arguments.GetItems(1, Bytes), token)));
        binder.AddClientStream(Work, (service, _, arguments, token) =>
            new ValueTask<string>(service.WorkAsync(arguments.GetProgress(0, Int), token)));
        binder.AddDuplex(Blobs, (service, request, arguments, token) =>
            service.BlobsAsync(request.Item1, arguments.GetProgress(0, Text), token));
    }

    private static RpcSerializer<ValueTuple<T>> Of<T>(RpcSerializer<T> serializer) => new(
        (ref writer, in value) =>
        {
            writer.WriteArrayHeader(1);
            serializer.Write(ref writer, value.Item1);
        },
        (ref reader) => reader.ReadArrayHeader() == 1
            ? new(serializer.Read(ref reader))
            : throw new MessagePackSerializationException("One argument was expected."));

    private sealed class Client(RpcInvoker invoker) : IStreams, IRpcClient
    {
        public RpcInvoker Invoker => invoker;

        public IAsyncEnumerable<int> CountAsync(int count, CancellationToken cancellationToken) =>
            invoker.InvokeServerStream(Count, new(count), cancellationToken);

        public Task<long> SumAsync(string text, IAsyncEnumerable<int> values, CancellationToken cancellationToken) =>
            invoker.InvokeClientStreamAsync(
                Sum, new(text), [new RpcItemsArgument<int>(0, Int, values)], cancellationToken);

        public IAsyncEnumerable<string> ChatAsync(
            IAsyncEnumerable<string> lines, CancellationToken cancellationToken) =>
            invoker.InvokeDuplex(Chat, default, [new RpcItemsArgument<string>(0, Text, lines)], cancellationToken);

        public Task<string> JoinAsync(
            IAsyncEnumerable<byte[]> left, IAsyncEnumerable<byte[]> right, CancellationToken cancellationToken) =>
            invoker.InvokeClientStreamAsync(
                Join,
                default,
                [new RpcItemsArgument<byte[]>(0, Bytes, left), new RpcItemsArgument<byte[]>(1, Bytes, right)],
                cancellationToken);

        public Task<string> WorkAsync(IProgress<int>? progress, CancellationToken cancellationToken) =>
            invoker.InvokeClientStreamAsync(
                Work, default, [new RpcProgressArgument<int>(0, Int, progress)], cancellationToken);

        public IAsyncEnumerable<byte[]> BlobsAsync(
            int count, IProgress<string>? progress, CancellationToken cancellationToken) =>
            invoker.InvokeDuplex(
                Blobs, new(count), [new RpcProgressArgument<string>(0, Text, progress)], cancellationToken);
    }
}
