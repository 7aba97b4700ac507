using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Host;

/// <summary>A job of the host service (<c>Msvm_ConcreteJob</c>): work that goes on after the method has
/// returned.</summary>
/// <param name="work">Ends with the job's <c>ErrorCode</c>.</param>
internal sealed class EmulatedJob(Task<HostReturnCode> work)
{
    /// <summary>Gets whether the job has ended, in whatever way.</summary>
    internal bool HasEnded => work.IsCompleted;

    /// <summary>Waits for the end and returns the error code; zero when all went well.</summary>
    internal Task<HostReturnCode> WaitAsync(CancellationToken cancellationToken) => work.WaitAsync(cancellationToken);
}
