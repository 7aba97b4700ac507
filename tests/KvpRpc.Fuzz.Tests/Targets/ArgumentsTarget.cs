using KvpRpc.Calls;
using KvpRpc.Generated;

[assembly: KvpRpc.KvpContract(typeof(KvpRpc.Fuzz.Tests.Targets.IFuzzedContract))]

namespace KvpRpc.Fuzz.Tests.Targets;

/// <summary>The MessagePack of arguments, read by generated code.</summary>
/// <remarks>MessagePack has several spellings of one number, so bytes may be written back shorter; but what was written
/// back once stays as it is.</remarks>
internal static class ArgumentsTarget
{
    private static readonly IChecker Fuzzed = Collect();

    internal static FuzzTarget Instance { get; } = new("arguments", 512 << 10, input => Fuzzed.Run(input));

    private static IChecker Collect()
    {
        Binder binder = new();
        RpcContracts.Get<IFuzzedContract>().Bind(binder);
        return binder.Checker!;
    }

    private interface IChecker
    {
        bool Run(ReadOnlyMemory<byte> input);
    }

    private sealed class ArgumentsChecker<T>(RpcSerializer<T> serializer) : IChecker
    {
        public bool Run(ReadOnlyMemory<byte> input)
        {
            if (!TryRead(input, out T? value))
                return false;
            PooledBuffer once = new();
            Payload.Write(once, serializer, in value!);
            Finding.Unless(TryRead(once.WrittenMemory, out T? again), $"own arguments do not read");
            PooledBuffer twice = new();
            Payload.Write(twice, serializer, in again!);
            Finding.UnlessEqual(once.WrittenMemory.Span, twice.WrittenMemory.Span, "arguments");
            once.Release();
            twice.Release();
            return true;
        }

        private bool TryRead(ReadOnlyMemory<byte> input, out T? value)
        {
            bool isRead = Payload.TryRead(input, serializer, out value, out Exception? error);
            Finding.Unless(
                error is null or MessagePack.MessagePackSerializationException or EndOfStreamException,
                $"bytes made it throw {error}");
            return isRead;
        }
    }

    private sealed class Binder : RpcServiceBinder<IFuzzedContract>
    {
        internal IChecker? Checker { get; private set; }

        public override void AddUnary<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<IFuzzedContract, TRequest, CancellationToken, ValueTask<TResponse>> handler) =>
            Checker = new ArgumentsChecker<TRequest>(method.Request);

        public override void AddServerStream<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            Func<IFuzzedContract, TRequest, CancellationToken, IAsyncEnumerable<TItem>> handler) =>
            throw Unused();

        public override void AddClientStream<TRequest, TResponse>(
            RpcMethod<TRequest, TResponse> method,
            Func<IFuzzedContract, TRequest, RpcArguments, CancellationToken, ValueTask<TResponse>> handler) =>
            throw Unused();

        public override void AddDuplex<TRequest, TItem>(
            RpcMethod<TRequest, TItem> method,
            Func<IFuzzedContract, TRequest, RpcArguments, CancellationToken, IAsyncEnumerable<TItem>> handler) =>
            throw Unused();

        private static InvalidOperationException Unused() => new("The contract has one method, with one response.");
    }
}
