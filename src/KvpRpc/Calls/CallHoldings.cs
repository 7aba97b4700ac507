using KvpRpc.Resilience;

namespace KvpRpc.Calls;

/// <summary>What few calls of the peer hold while they run: kept in one object that the others go without.</summary>
internal sealed class CallHoldings
{
    /// <summary>What ends the handler of a one-way call, whose stream says nothing more.</summary>
    internal CancellationTokenSource? OneWaySource;

    /// <summary>The arguments that are streams or take reports.</summary>
    internal InboundArguments? Arguments;

    /// <summary>The call's place among those that are answered once.</summary>
    internal RememberedAnswer? Place;

    /// <summary>What was made for this call alone.</summary>
    internal object? ServiceOwner;
}
