namespace KvpRpc.Cases.Tests;

/// <summary>The cases with tables in memory, the host calling its guest.</summary>
public sealed class GrpcCasesOfHostInMemory() : GrpcCases(isDaemon: false, hostCalls: true);

/// <summary>The cases with tables in memory, the guest calling its host.</summary>
public sealed class GrpcCasesOfGuestInMemory() : GrpcCases(isDaemon: false, hostCalls: false);
