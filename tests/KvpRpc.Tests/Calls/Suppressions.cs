using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage(
    "Usage",
    "xUnit1051:Calls to methods which accept CancellationToken should use TestContext.Current.CancellationToken",
    Scope = "namespaceanddescendants", Target = "~N:KvpRpc.Tests.Calls",
    Justification = "Whether a call has a token is what is tested; every wait goes through Wait, which is bounded.")]
[assembly: SuppressMessage(
    "Usage",
    "xUnit1051:Calls to methods which accept CancellationToken should use TestContext.Current.CancellationToken",
    Scope = "namespaceanddescendants", Target = "~N:KvpRpc.Tests.Telemetry",
    Justification = "As for the tests of calls.")]
[assembly: SuppressMessage(
    "Usage",
    "xUnit1051:Calls to methods which accept CancellationToken should use TestContext.Current.CancellationToken",
    Scope = "type", Target = "~T:KvpRpc.Tests.Readme.TestingExample",
    Justification = "An example for every test framework.")]
[assembly: SuppressMessage(
    "Reliability", "CA1001:Types that own disposable fields should be disposable",
    Scope = "type", Target = "~T:KvpRpc.Tests.Calls.MemoryLink",
    Justification = "A source without timer or wait handle holds nothing.")]
[assembly: SuppressMessage(
    "Usage", "CA2213:Disposable fields should be disposed",
    Scope = "member", Target = "~F:KvpRpc.Tests.Calls.MemoryLinkStream._aborted",
    Justification = "A source without timer or wait handle holds nothing.")]
[assembly: SuppressMessage(
    "Reliability", "CA2000:Dispose objects before losing scope",
    Scope = "namespaceanddescendants", Target = "~N:KvpRpc.Tests.Calls",
    Justification = "Messages and peers are handed to who disposes of them.")]
