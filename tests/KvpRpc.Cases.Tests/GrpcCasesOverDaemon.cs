namespace KvpRpc.Cases.Tests;

/// <summary>The cases with Microsoft's daemon as the guest, the host calling.</summary>
public sealed class GrpcCasesOfHostOverDaemon() : GrpcCases(isDaemon: true, hostCalls: true);

/// <summary>The cases with Microsoft's daemon as the guest, the guest calling.</summary>
public sealed class GrpcCasesOfGuestOverDaemon() : GrpcCases(isDaemon: true, hostCalls: false);
