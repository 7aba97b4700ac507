using System.Text.RegularExpressions;

namespace KvpRpc.Repository.Tests;

/// <summary>The engine cannot touch the world: the compiler refuses it, and what was built shows it.</summary>
public sealed partial class BannedSymbolTests(RefusedBuild build) : IClassFixture<RefusedBuild>
{
    private static readonly string[] InSource = [.. Symbols("src/BannedSymbols.txt")];

    private static readonly string[] InEngine = [.. Symbols("src/KvpRpc.Protocol/BannedSymbols.txt")];

    // One statement for each thing that the engine must do without, and for each clock that nobody may read.
    public static TheoryData<string, string> Refused => new()
    {
        { "a task", "_ = System.Threading.Tasks.Task.CompletedTask;" },
        { "a task with a result", "_ = System.Threading.Tasks.Task.FromResult(1).Result;" },
        { "a value task", "_ = System.Threading.Tasks.ValueTask.CompletedTask;" },
        { "a task source", "_ = new System.Threading.Tasks.TaskCompletionSource();" },
        { "a cancellation", "_ = System.Threading.CancellationToken.None;" },
        { "a thread", "new System.Threading.Thread(() => { }).Start();" },
        { "the thread pool", "System.Threading.ThreadPool.QueueUserWorkItem(_ => { });" },
        { "a timer", "_ = new System.Threading.Timer(_ => { });" },
        { "a delay", "_ = System.Threading.Tasks.Task.Delay(1);" },
        { "a sleep", "System.Threading.Thread.Sleep(1);" },
        { "a lock", "_ = new System.Threading.Lock();" },
        { "a monitor", "System.Threading.Monitor.Enter(new object());" },
        { "an interlocked change", "int i = 0; System.Threading.Interlocked.Increment(ref i);" },
        { "a semaphore", "_ = new System.Threading.SemaphoreSlim(1);" },
        { "the time", "_ = System.DateTime.UtcNow;" },
        { "the local time", "_ = System.DateTimeOffset.Now;" },
        { "a stopwatch", "_ = System.Diagnostics.Stopwatch.GetTimestamp();" },
        { "the tick count", "_ = System.Environment.TickCount64;" },
        { "a time provider", "_ = System.TimeProvider.System.GetTimestamp();" },
        { "the machine", "_ = System.Environment.MachineName;" },
        { "shared randomness", "_ = System.Random.Shared.Next();" },
        { "seeded randomness", "_ = new System.Random(1);" },
        { "random bytes", "_ = System.Security.Cryptography.RandomNumberGenerator.GetBytes(1);" },
        { "a random id", "_ = System.Guid.NewGuid();" },
        { "a file", "_ = System.IO.File.Exists(string.Empty);" },
        { "a folder", "_ = System.IO.Directory.GetCurrentDirectory();" },
        { "a stream", "_ = System.IO.Stream.Null;" },
        { "the console", "System.Console.WriteLine();" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void The_compiler_refuses(string what, string statement)
    {
        Assert.False(string.IsNullOrEmpty(what));
        Assert.Contains("RS0030", build.ErrorsAt(statement));
    }

    [Fact]
    public void The_compiler_refuses_a_public_type_that_no_file_declares() =>
        Assert.Contains("RS0016", build.ErrorsAt(RefusedBuild.PublicType));

    [Fact]
    public void The_compiler_takes_what_is_not_banned() => Assert.Empty(build.ErrorsAt(RefusedBuild.Allowed));

    /// <summary>Also finds what no statement names: a <c>lock</c>, a method that returns a task.</summary>
    [Fact]
    public void The_engine_that_was_built_uses_nothing_that_is_banned()
    {
        BuiltAssembly engine = BuiltAssembly.Of("KvpRpc.Protocol");
        Assert.Contains("System.Object", engine.ReferencedTypes);
        Assert.NotEmpty(engine.ReferencedMembers);
        string[] banned = [.. InSource, .. InEngine];
        Assert.True(banned.Length > 40);
        Findings.AssertNone(engine.ReferencedTypes.Intersect(banned));
        Findings.AssertNone(engine.ReferencedMembers.Intersect(banned));
    }

    [Fact]
    public void Every_banned_symbol_exists_and_says_what_to_do_instead()
    {
        foreach (string file in new[] { "src/BannedSymbols.txt", "src/KvpRpc.Protocol/BannedSymbols.txt" })
            Assert.All(Tree.Lines(file).Where(line => line.Text.Length > 0),
                line => Assert.Matches(Entry(), line.Text));
        Assert.All(InSource.Concat(InEngine), name => Assert.True(Exists(name), $"There is no {name}."));
    }

    [GeneratedRegex(@"^[TMP]:[\w.`]+(\([\w.,]+\))?;.+\.$")]
    private static partial Regex Entry();

    /// <summary>The names as metadata has them: a type, a method, or a property's getter.</summary>
    private static IEnumerable<string> Symbols(string file) =>
        from line in Tree.Lines(file)
        where line.Text.Length > 0
        let symbol = line.Text.Split(';', '(')[0]
        let dot = symbol.LastIndexOf('.')
        select symbol[0] == 'P' ? $"{symbol[2..dot]}.get_{symbol[(dot + 1)..]}" : symbol[2..];

    private static bool Exists(string name)
    {
        int dot = name.LastIndexOf('.');
        return TypeNamed(name) is not null || TypeNamed(name[..dot])?.GetMember(name[(dot + 1)..]).Length > 0;
    }

    private static Type? TypeNamed(string name) =>
        AppDomain.CurrentDomain.GetAssemblies()
            .Concat([typeof(System.Net.Sockets.Socket).Assembly, typeof(Console).Assembly])
            .Select(assembly => assembly.GetType(name))
            .FirstOrDefault(type => type is not null);
}
