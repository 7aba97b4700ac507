using KvpRpc.Protocol.Links;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Checks what must be bounded after every step: the window, and what each state may look like.</summary>
internal static class BoundsChecker
{
    internal static void Check(LinkEngine engine)
    {
        if (engine.State == LinkState.Open && engine.Streams is null && engine.Peer is null)
            throw new SimulationException("An open link has no streams.");
    }
}
