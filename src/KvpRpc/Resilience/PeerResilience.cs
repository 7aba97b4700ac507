using KvpRpc.Links;
using Polly;

namespace KvpRpc.Resilience;

/// <summary>The pipeline of one peer, with the state of its circuit.</summary>
/// <remarks>The default pipeline is entered only by a call whose first attempt has failed, which is its first attempt
/// there too, or while the circuit is not closed: so calls that succeed do not pay for it, and it does not count them.
/// A pipeline is made when the first call needs it: most peers of a host never do.</remarks>
internal sealed class PeerResilience
{
    private readonly Lazy<ResiliencePipeline> _pipeline;
    private readonly RpcResilienceOptions _options;
    private long _lastLoss = -1;
    private volatile bool _isCircuitOpen;

    internal PeerResilience(RpcPeerOptions options, RpcPeerIdentity peer)
    {
        _options = options.Resilience;
        _pipeline = new(() => Build(options, peer));
    }

    internal ResiliencePipeline Pipeline => _pipeline.Value;

    internal bool IsOff => _options is { Configure: null, MaxRetries: 0, FailuresToBreak: 0 };

    /// <summary>Gets whether calls shall run in the pipeline from their beginning on.</summary>
    internal bool TakesAll => _isCircuitOpen || _options.Configure is not null;

    /// <summary>Gets whether attempts that fail may be followed by others.</summary>
    internal bool Retries => _options.Configure is null && _options.MaxRetries > 0;

    /// <summary>Says whether the circuit is to hear of a failure: a lost link counts once, however many calls were
    /// under way.</summary>
    internal bool TakesFailure(RpcException error, KvpStreamId? stream)
    {
        if (_options.Configure is not null || _options.FailuresToBreak == 0 || !RpcResilience.IsLinkFailure(error))
            return false;
        return stream is not { } lost || Interlocked.Exchange(ref _lastLoss, lost.Link) != lost.Link;
    }

    private ResiliencePipeline Build(RpcPeerOptions options, RpcPeerIdentity peer)
    {
        ResiliencePipelineBuilder builder = new()
        {
            Name = RpcResilience.PipelineName,
            InstanceName = GetName(peer),
            TimeProvider = options.TimeProvider,
        };
        if (_options.Configure is { } configure)
        {
            configure(builder);
            return builder.Build();
        }

        return RpcResilience.AddDefaults(builder, _options, isOpen =>
        {
            _isCircuitOpen = isOpen;
            if (isOpen)
                Log.CircuitOpened(options.Logger);
            else
                Log.CircuitClosed(options.Logger);
        }).Build();
    }

    private static string GetName(RpcPeerIdentity peer) =>
        peer.VirtualMachineName ?? peer.VirtualMachineId?.ToString("D")
        ?? peer.Side.ToString();
}
