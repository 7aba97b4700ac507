using KvpRpc.Calls;
using KvpRpc.Generated;

namespace KvpRpc.Resilience;

/// <summary>What is done at each attempt at a call.</summary>
/// <typeparam name="T">What it gives.</typeparam>
internal abstract class CallAttempt<T>(CallStarter starter, RpcMethod method)
{
    internal CallStarter Starter => starter;

    internal RpcMethod Method => method;

    /// <summary>Gets whether what an attempt gives goes on living with it.</summary>
    internal virtual bool OutlivesAttempt => false;

    internal abstract ValueTask<T> RunAsync(OutboundCall call);
}
