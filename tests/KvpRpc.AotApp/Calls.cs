using System.Runtime.CompilerServices;

namespace KvpRpc.AotApp;

/// <summary>Makes a call of each shape and looks at what comes back.</summary>
internal static class Calls
{
    internal static int Count { get; private set; }

    internal static bool IsNative => !RuntimeFeature.IsDynamicCodeSupported;

    internal static async Task RunAsync(
        string name, IPatching client, Patching service, CancellationToken cancellationToken)
    {
        PatchReport report = await client.InstallAsync(
            new PatchRequest("KB1", new Dictionary<string, Version?> { ["os"] = new(1, 2) }, [DayOfWeek.Friday], null),
            cancellationToken);
        Check($"{name}: unary", ("KB1 1.2 1 True", 2), (report.Text, report.Parts.Length));

        await client.NotifyAsync(name);
        Check($"{name}: one-way", name, await service.Noticed.Task.WaitAsync(cancellationToken));

        Check(
            $"{name}: a method of the base",
            new Temperature(301.5, "here"),
            await client.MeasureAsync(new Temperature(1.5, "here")));

        StatusCode? status = null;
        try
        {
            await client.FailAsync(StatusCode.NotFound);
        }
        catch (RpcException exception)
        {
            status = exception.StatusCode;
        }

        Check($"{name}: an error", StatusCode.NotFound, status);

        List<PatchEvent> events = await client.WatchAsync(3, cancellationToken).ToListAsync(cancellationToken);
        Check(
            $"{name}: server stream",
            "PatchStarted { Number = 0 } PatchEnded { Number = 1, Took = 00:00:01 } PatchStarted { Number = 2 }",
            string.Join(' ', events));

        IAsyncEnumerable<byte[]> chunks =
            Enumerable.Range(0, 10).Select(size => new byte[size * 100]).ToAsyncEnumerable();
        Check($"{name}: client stream", 4504L, await client.UploadAsync("file", chunks, cancellationToken));

        List<Spot> spots = await client.TurnAsync(
            AsyncEnumerable.Range(0, 20).Select(x => new Spot(x, x)), AsyncEnumerable.Range(0, 20), cancellationToken)
            .ToListAsync(cancellationToken);
        Check($"{name}: duplex", (20, new Spot(38, 0)), (spots.Count, spots[^1]));

        string packages = string.Join(' ', Enumerable.Range(0, 500).Select(number => $"KB{number}"));
        IPatching compressing = RpcClients.With(client, new() { Compression = RpcCompression.Brotli });
        foreach (string time in (string[])["before the callee has said that it takes them", "and after"])
        {
            report = await compressing.InstallAsync(
                new PatchRequest(packages, new Dictionary<string, Version?> { ["os"] = null }, [], null),
                cancellationToken);
            Check($"{name}: compressed, {time}", $"{packages}  0 True", report.Text);
        }

        List<PatchEvent> reports = [];
        int steps = await client.RunAsync(3, new Reports(reports), cancellationToken);
        Check($"{name}: reports", (3, 3), (steps, reports.Count));
    }

    private static void Check<T>(string call, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"{call}: {expected} was expected, not {actual}.");
        Count++;
    }

    private sealed class Reports(List<PatchEvent> taken) : IProgress<PatchEvent>
    {
        public void Report(PatchEvent value) => taken.Add(value);
    }
}
