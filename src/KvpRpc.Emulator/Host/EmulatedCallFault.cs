using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Host;

/// <summary>What goes wrong with one call of the host service.</summary>
/// <param name="ReturnValue">What the call, or its job, returns.</param>
/// <param name="LandedItems">How many items, from the first, land all the same.</param>
/// <param name="Landing">When they land: at once, or when this task ends, long after the call has returned.</param>
internal sealed record EmulatedCallFault(HostReturnCode ReturnValue, int LandedItems = 0, Task? Landing = null);
