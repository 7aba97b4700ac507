using System.Runtime.CompilerServices;
using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Tests.Calls;

/// <summary>What the generator writes for <see cref="IProbe"/>, by hand: these tests need the call layer alone.</summary>
internal sealed class ProbeContract : RpcContract<IProbe>
{
    internal static readonly RpcSerializer<string> Text = new(
        static (ref MessagePackWriter writer, in string value) => writer.Write(value),
        static (ref MessagePackReader reader) => reader.ReadString()!);

    internal static readonly RpcSerializer<byte[]> Bytes = new(
        static (ref MessagePackWriter writer, in byte[] value) => writer.Write(value),
        static (ref MessagePackReader reader) => System.Buffers.BuffersExtensions.ToArray(reader.ReadBytes()!.Value));

    internal static readonly RpcMethod<string, string> Run =
        new("test.Probe", "Run", RpcMethodShape.Unary, isIdempotent: false, Text, Text);

    private static readonly RpcSerializer<(int, int)> TwoNumbers = new(
        static (ref MessagePackWriter writer, in (int Left, int Right) value) =>
        {
            writer.WriteArrayHeader(2);
            writer.Write(value.Left);
            writer.Write(value.Right);
        },
        static (ref MessagePackReader reader) =>
        {
            if (reader.ReadArrayHeader() != 2)
                throw new MessagePackSerializationException("Two arguments are needed.");
            return (reader.ReadInt32(), reader.ReadInt32());
        });

    private static readonly RpcSerializer<int> Number = new(
        static (ref MessagePackWriter writer, in int value) => writer.Write(value),
        static (ref MessagePackReader reader) => reader.ReadInt32());

    private static readonly RpcSerializer<RpcUnit> Unit = new(
        static (ref MessagePackWriter writer, in RpcUnit _) => writer.WriteNil(),
        static (ref MessagePackReader reader) =>
        {
            reader.ReadNil();
            return default;
        });

    private static readonly RpcMethod<(int, int), int> Add =
        new("test.Probe", "Add", RpcMethodShape.Unary, isIdempotent: true, TwoNumbers, Number);

    private static readonly RpcMethod<byte[], byte[]> Blob =
        new("test.Probe", "Blob", RpcMethodShape.Unary, isIdempotent: true, Bytes, Bytes);

    private static readonly RpcMethod<string, RpcUnit> Notify =
        new("test.Probe", "Notify", RpcMethodShape.OneWay, isIdempotent: false, Text, Unit);

    public override string ServiceName => "test.Probe";

    [ModuleInitializer]
    internal static void Register() => RpcContracts.Register(new ProbeContract());

    public override IProbe CreateClient(RpcInvoker invoker) => new Client(invoker);

    public override void Bind(RpcServiceBinder<IProbe> binder)
    {
        binder.AddUnary(Run, static async (service, text, token) => await service.RunAsync(text, token));
        binder.AddUnary(Add, static async (service, pair, _) => await service.AddAsync(pair.Item1, pair.Item2));
        binder.AddUnary(Blob, static async (service, data, token) => await service.BlobAsync(data, token));
        binder.AddUnary(Notify, static async (service, text, token) =>
        {
            await service.NotifyAsync(text, token);
            return default;
        });
    }

    private sealed class Client(RpcInvoker invoker) : IProbe
    {
        public Task<string> RunAsync(string text, CancellationToken cancellationToken) =>
            invoker.InvokeUnaryAsync(Run, text, cancellationToken);

        public Task<int> AddAsync(int left, int right) => invoker.InvokeUnaryAsync(Add, (left, right), default);

        public Task<byte[]> BlobAsync(byte[] data, CancellationToken cancellationToken) =>
            invoker.InvokeUnaryAsync(Blob, data, cancellationToken);

        public Task NotifyAsync(string text, CancellationToken cancellationToken) =>
            invoker.InvokeOneWayAsync(Notify, text, cancellationToken);
    }
}
