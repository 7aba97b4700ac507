using System.IO.Pipelines;
using Nerdbank.Streams;
using StreamJsonRpc;

namespace KvpRpc.Benchmarks.Rpc;

/// <summary>Both sides of StreamJsonRpc, with the options that its formatter for MessagePack has by itself, over a pair
/// of pipes in memory.</summary>
internal sealed class StreamJsonRpcDesk : IDisposable
{
    private readonly JsonRpc _caller;
    private readonly JsonRpc _callee;

    internal StreamJsonRpcDesk()
    {
        (IDuplexPipe left, IDuplexPipe right) = FullDuplexStream.CreatePipePair();
        _callee = new(CreateHandler(right));
        _callee.AddLocalRpcTarget<IDesk>(new Desk(), null);
        _callee.StartListening();
        _caller = new(CreateHandler(left));
        Client = _caller.Attach<IAsk>();
        _caller.StartListening();
    }

    internal IAsk Client { get; }

    public void Dispose()
    {
        _caller.Dispose();
        _callee.Dispose();
    }

    private static LengthHeaderMessageHandler CreateHandler(IDuplexPipe pipe) => new(pipe, new MessagePackFormatter());
}
