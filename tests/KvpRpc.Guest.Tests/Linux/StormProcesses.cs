using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using KvpRpc.Transports;

namespace KvpRpc.Guest.Tests.Linux;

/// <summary>The other processes of the storms: this executable, started again with a command.</summary>
internal static class StormProcesses
{
    internal const int Slots = 12;

    internal static string Executable { get; } =
        Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null);

    /// <summary>The values that the writer writes: a counter, and a text that it decides, long and of wide characters
    /// so that records cross pages and a torn value shows.</summary>
    internal static string Value(long counter)
    {
        int seed = (int)(counter % 9973);
        int length = 1 + (seed * 131 % 620);
        return string.Create(CultureInfo.InvariantCulture,
            $"{counter}:{new string((char)(0x4E00 + seed), length)}{(char)('a' + (seed % 26))}");
    }

    internal static bool IsWhole(string value) =>
        value.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
        && long.TryParse(value.AsSpan(0, colon), CultureInfo.InvariantCulture, out long counter)
        && value == Value(counter);

    /// <summary>Writes batches through the transport as fast as it can, until it is killed.</summary>
    internal static async Task<int> WriteAsync(string folder, string seed)
    {
        // Compiles all code on other files, so that the whole time until the kill is a time of writing.
        Random random = new(int.Parse(seed, CultureInfo.InvariantCulture));
        await using (GuestFolder scratch = await GuestFolder.CreateAsync())
            await WriteBatchesAsync(scratch, random, 20);

        Console.WriteLine("ready");
        await using GuestFolder guest = new(folder);
        if (await Console.In.ReadLineAsync() is not null)
            await WriteBatchesAsync(guest, random, long.MaxValue);
        return 0;
    }

    /// <summary>Changes the records of another program in place and appends some, with the same locks, until it is told
    /// to end; then says how often it did.</summary>
    internal static async Task<int> WriteForeignAsync(string folder)
    {
        await using GuestFolder guest = new(folder);
        Console.WriteLine("ready");
        Task<string?> end = Task.Run(Console.In.ReadLineAsync);
        long counter = 0;
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(1));
        for (; !end.IsCompleted; await beat.WaitForNextTickAsync())
        {
            for (int burst = 0; burst < 4; burst++, counter++)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"other.{counter % 7}");
                await guest.SetForeignAsync(key, Value(counter));
            }
        }

        Console.WriteLine(counter.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Owns the channel until it is killed or told to end, or says why it cannot.</summary>
    internal static async Task<int> OwnAsync(string folder)
    {
        try
        {
            await using GuestFolder guest = new(folder);
            await using LinuxGuestTransport transport = guest.Open();
            Console.WriteLine("ready");
            await Console.In.ReadLineAsync();
            return 0;
        }
        catch (KvpTransportException exception)
        {
            Console.WriteLine($"{exception.Error}: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Starts one and waits until it is ready.</summary>
    internal static async Task<Process> StartReadyAsync(params string[] command)
    {
        Process process = Start([Executable, .. command]);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return process;
    }

    internal static Process Start(string[] command)
    {
        ProcessStartInfo start = new(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in command[1..])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Lets a process do what it is for.</summary>
    internal static async Task GoAsync(Process process)
    {
        await process.StandardInput.WriteLineAsync("go");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Kills a process after some random microseconds, in which nobody here holds a lock that would keep it
    /// from writing.</summary>
    internal static async Task KillAsync(Process process, Random random)
    {
        TimeSpan life = TimeSpan.FromMicroseconds(random.Next(3000));
        long start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < life)
            await Task.Yield();
        await KillAsync(process);
    }

    internal static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private static async Task WriteBatchesAsync(GuestFolder guest, Random random, long batches)
    {
        await using LinuxGuestTransport transport = guest.Open();
        for (long counter = random.Next(1_000_000); batches > 0; counter++, batches--)
        {
            KvpItemWrite[] batch =
            [
                .. Enumerable.Range(0, Slots).Where(_ => random.Next(3) > 0).Select(slot =>
                    new KvpItemWrite(string.Create(CultureInfo.InvariantCulture, $"{GuestFolder.Prefix}{slot}"))
                    {
                        Value = Value(counter).AsMemory(),
                        IsDelete = random.Next(16) == 0,
                    }),
            ];
            await transport.WriteAsync(batch, CancellationToken.None);
            if (Array.Find(batch, item => item.Outcome != KvpWriteOutcome.Landed) is { } failed)
                throw new InvalidOperationException(failed.Error);
        }
    }
}
