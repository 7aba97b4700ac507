namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>A checker has found a promise broken.</summary>
internal sealed class SimulationException : Exception
{
    public SimulationException()
    {
    }

    public SimulationException(string message)
        : base(message)
    {
    }

    public SimulationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
