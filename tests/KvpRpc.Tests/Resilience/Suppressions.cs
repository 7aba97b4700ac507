using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage(
    "Usage",
    "xUnit1051:Calls to methods which accept CancellationToken should use TestContext.Current.CancellationToken",
    Scope = "namespaceanddescendants", Target = "~N:KvpRpc.Tests.Resilience",
    Justification = "Whether a call has a token is what is tested; every wait goes through Wait, which is bounded.")]
