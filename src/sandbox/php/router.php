<?php
// Routes of a sandbox wiki for PHP's own server: which script answers, and where static files are.

$mediawiki = '/usr/share/mediawiki';
$path = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) ?: '/' );

if ( $path === '/' || $path === '/w' || $path === '/w/' ) {
	header( 'Location: /wiki/Main_Page', true, 302 );
	return;
}
if ( preg_match( '#^/w/(index|api|rest|load|opensearch_desc)\.php(/.*)?$#s', $path, $found ) ) {
	$entry = $found[1];
	$info = $found[2] ?? '';
} elseif ( str_starts_with( $path, '/wiki/' ) ) {
	$entry = 'index';
	$info = substr( $path, 5 );
} elseif ( preg_match( '#^/w/(resources|skins|extensions)/.*\.(css|js|json|svg|png|gif|jpe?g|ico|woff2?|ttf)$#s', $path ) ) {
	return false;
} elseif ( preg_match( '#^/w/(images/[0-9a-f]/[0-9a-f]{2}/[^/]+\.png)$#s', $path, $found ) && is_file( __DIR__ . "/$found[1]" ) ) {
	header( 'Content-Type: image/png' );
	readfile( __DIR__ . "/$found[1]" );
	return;
} else {
	http_response_code( 404 );
	echo "Not here: $path";
	return;
}

$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "/w/$entry.php";
$_SERVER['SCRIPT_FILENAME'] = "$mediawiki/$entry.php";
if ( $info === '' ) {
	unset( $_SERVER['PATH_INFO'] );
} else {
	$_SERVER['PATH_INFO'] = $info;
}
unset( $path, $found, $info );
chdir( $mediawiki );
if ( $_SERVER['REQUEST_METHOD'] === 'POST' ) {
	// Writers take turns, each with its jobs. SQLite has one writer anyway, and two requests that hold a lock each on one of
	// the wiki's databases would wait for each other until one gives up. The lock ends with the request.
	$turn = fopen( __DIR__ . '/data/turn.lock', 'c' );
	flock( $turn, LOCK_EX );
}
// A buffer that cannot be flushed early: the answer leaves when all that MediaWiki defers until after it (links,
// categories, notifications, jobs) is done, so that whoever reads next sees it.
ob_start( null, 0, 0 );
require "$mediawiki/$entry.php";

// MediaWiki runs jobs only after views of index.php, never after its API.
if ( $_SERVER['REQUEST_METHOD'] === 'POST' && ( $sandboxRunsJobs ?? false ) ) {
	try {
		MediaWiki\MediaWikiServices::getInstance()->getJobRunner()->run( [ 'maxJobs' => 200, 'throttle' => false ] );
	} catch ( Throwable $error ) {
		error_log( "jobs: $error" );
	}
}
