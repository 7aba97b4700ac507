using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Host;

/// <summary>What a method of the host service returns.</summary>
/// <param name="ReturnValue">The return code; 4096 says that a job was started.</param>
/// <param name="Job">The job, or null.</param>
internal readonly record struct EmulatedMethodResult(HostReturnCode ReturnValue, EmulatedJob? Job);
